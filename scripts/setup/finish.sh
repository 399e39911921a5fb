# SPDX-License-Identifier: MIT
# For scripts/setup/setup: what is done to packages once they are unpacked, by their folder in the cache.

finish() { # <folder> <tree>
	case $1 in
	xen-*) finish_xen "$2" ;;
	dom0-*) finish_dom0 "$2" ;;
	cbmc) finish_cbmc "$2" ;;
	esac
}

# QEMU boots the uncompressed file: an ELF on x86, a raw image on arm64.
finish_xen() {
	local packed
	packed=$(find "$1/boot" -name 'xen-4*' ! -name '*.config' ! -name '*.efi' ! -name '*dbg*' |
		head -n 1)
	case $packed in
	*.gz) gunzip -c "$packed" >"$1/xen" ;;
	*) cp "$packed" "$1/xen" ;;
	esac
}

# Of what makes a whole system, a dom0 in memory needs little.
finish_dom0() {
	mkdir "$1/modules"
	find "$1/lib/modules" \( -path '*/drivers/xen/*.ko' -o -path '*/drivers/virtio/*.ko' \
		-o -name virtio_console.ko \) -exec mv -t "$1/modules" {} +
	mv "$1"/boot/vmlinuz-* "$1/kernel"
	rm -rf "$1"/boot "$1"/lib/modules "$1"/usr/share "$1"/usr/lib/python3* "$1"/usr/lib/*/gconv
}

finish_cbmc() {
	cat >"$1/cbmc" <<'END'
#!/bin/sh
usr=$(dirname "$(readlink -f "$0")")/usr
lib=$usr/lib/x86_64-linux-gnu
exec "$lib/ld-linux-x86-64.so.2" --library-path "$lib:$usr/lib" "$usr/bin/cbmc" "$@"
END
	chmod +x "$1/cbmc"
	"$1/cbmc" --version >/dev/null || die "cbmc was unpacked and does not run"
}

# Debian's Xen has 32-bit guests switched off: one that has not is built, once, which takes minutes.
build_xen_pv32() {
	[ ! -e "$cache/xen-4.17-pv32/xen" ] || return 0
	install_tools $tools_xen_pv32
	say "building a Xen for 32-bit guests into $cache/xen-4.17-pv32"
	. "$here/xen_pv32.sh"
	make_xen_pv32 "$cache/xen-4.17-pv32"
}

# SPDX-License-Identifier: MIT
# For scripts/setup/setup: builds the hypervisor for 32-bit PV guests, which Debian's binary has switched
# off, out of Debian's source package. Nothing is installed.

# What PV guests do without.
not_for_pv="HVM LIVEPATCH XENOPROF KEXEC TRACEBUFFER VIDEO SCHED_CREDIT ENFORCE_UNIQUE_SYMBOLS DEBUG_INFO"

configure_xen_pv32() { # <folder of the source>
	make -C "$1/xen" defconfig
	# 305 of 396 files are left to compile, without what debuggers read.
	cat >>"$1/xen/.config" <<-END
		CONFIG_PV32=y
		CONFIG_EXPERT=y
		$(printf '# CONFIG_%s is not set\n' $not_for_pv)
	END
	make -C "$1/xen" olddefconfig
	grep -x CONFIG_PV32=y "$1/xen/.config"
}

fetch_xen_source() {
	local architecture
	architecture=$(dpkg --print-architecture)
	(cd "$cache/new" && own_apt "$architecture" "$own_release" deb-src apt-get source xen)
	mv "$cache"/new/xen-*/ "$cache/new/source"
}

# A line now and then says that it is alive: how many files are compiled.
compile_xen_pv32() { # <folder of the source> <log>
	make -C "$1/xen" -j"$(nproc)" 2>&1 | tee -a "$2" |
		awk '/^  CC / && ++n % 50 == 0 { printf "  XEN     %d files compiled\n", n; fflush() }'
	[ -e "$1/xen/xen" ]
}

make_xen_pv32() { # <folder>
	local log=$cache/xen_pv32.log source=$cache/new/source
	# The kernel's own make, which may have called, shall not reach into Xen's.
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES KCONFIG_CONFIG CONFIG O CC LD APP
	rm -rf "$cache/new"
	mkdir -p "$cache/new/tree"
	{ fetch_xen_source && configure_xen_pv32 "$source"; } >"$log" 2>&1 &&
		compile_xen_pv32 "$source" "$log" || {
		tail -n 5 "$log" >&2
		die "could not build Xen for 32-bit guests; all of it is in $log"
	}
	cp "$source/xen/xen" "$cache/new/tree/"
	rm -rf "$1"
	mv "$cache/new/tree" "$1"
}

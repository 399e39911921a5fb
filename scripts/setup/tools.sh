# SPDX-License-Identifier: MIT
# For scripts/setup/setup: tools, which are installed.

is_there() {
	case $1 in
	/*) [ -e "$1" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

missing_packages() {
	local tool
	for tool; do
		is_there "${tool%%:*}" || echo "${tool#*:}"
	done | sort -u | tr '\n' ' '
}

install_tools() {
	local missing as_root=
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" != 0 ]; then
		as_root="sudo -n"
		[ ! -t 0 ] || as_root=sudo
		command -v sudo >/dev/null && $as_root true ||
			die "these packages are missing, and only root can install them: $missing"
	fi
	say "installing $missing"
	# Lists that are too old name packages that are gone: fetch them anew, then try again.
	local install="env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
	show_progress $as_root $install $missing ||
		{ show_progress $as_root apt-get update && show_progress $as_root $install $missing; } ||
		{ tail -n 5 "$cache/apt.log" >&2; die "could not install $missing"; }
}

show_progress() {
	"$@" 2>&1 | tee "$cache/apt.log" | sed -un 's/^\(Setting up\|Get:[0-9]*\) /  APT     /p'
}

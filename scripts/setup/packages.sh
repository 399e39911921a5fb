# SPDX-License-Identifier: MIT
# For scripts/setup/setup: packages that are fetched and unpacked, never installed, whatever their
# architecture and release. Apt's lists, cache and status are folders of our own: the system's are
# not touched.

# The system's own sources of Debian proper, into <folder>, asked for an architecture, a release and
# deb or deb-src. The system's release comes with its updates; of any other, and of sources (which
# may not lie where updates do), it is the release alone.
write_sources() { # <folder> <architecture> <release> deb|deb-src
	local awk="awk -v arch=$2 -v new=$3 -v old=$own_release -v type=$4"
	awk="$awk -v updates=$([ "$3:$4" != "$own_release:deb" ] || echo 1)"
	mkdir -p "$1"
	cat "$apt_sources"/sources.list "$apt_sources"/sources.list.d/*.list 2>/dev/null |
		$awk '$1 == "deb" && / main/ {
			$1 = type
			sub(/arch=[^] ]*/, "arch=" arch)
			for (i = 2; i <= NF; i++)
				if ($i == old || updates && index($i, old "-") == 1) {
					if (!updates) $i = new
					print
					next
				} }' >"$1/own.list"
	cat "$apt_sources"/sources.list.d/*.sources 2>/dev/null | grep -v '^#' |
		$awk 'BEGIN { RS = ""; ORS = "\n\n" }
			/Components:[^\n]*main/ && $0 ~ "Suites:[^\n]*[ \t]" old (updates ? "" : "([ \t\n]|$)") {
				sub(/Types:[^\n]*/, "Types: " type)
				sub(/Architectures:[^\n]*/, "Architectures: " arch)
				if (!updates) sub(/Suites:[^\n]*/, "Suites: " new)
				print }' >"$1/own.sources"
}

# Runs a command of apt's on what belongs to an architecture and a release alone. Where that is the
# system's own, its lists will do if they are there.
own_apt() { # <architecture> <release> deb|deb-src <command>...
	if [ "$1:$2:$3" = "$(dpkg --print-architecture):$own_release:deb" ]; then
		"${@:4}" -o APT::Sandbox::User=root && return
	fi
	local state=$cache/apt/$2-$1-$3 tool=$4
	local options=(
		-o "APT::Architecture=$1" -o "APT::Architectures::=$1" -o APT::Sandbox::User=root
		-o "Dir::State=$state" -o "Dir::State::Lists=$state/lists"
		-o "Dir::State::Status=$state/status" -o "Dir::Cache=$state/cache"
		-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$state/sources"
	)
	if [ ! -e "$state/status" ]; then
		mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
		write_sources "$state/sources" "$1" "$2" "$3"
		: >"$state/status"
		apt-get "${options[@]}" update || { rm -rf "$state"; return 1; }
	fi
	shift 4
	"$tool" "${options[@]}" "$@"
}

first_dependency() { # <architecture> <release> <package>
	own_apt "$1" "$2" deb apt-cache depends "$3" | awk '/Depends:/ { print $2; exit }'
}

# Downloads packages into the current folder.
fetch() { # <architecture> <release> <package>...
	local architecture=$1 release=$2 package names=
	shift 2
	for package; do
		case $package in
		+*) package=$(first_dependency "$architecture" "$release" "${package#+}") ;;
		esac
		names="$names $package"
	done
	own_apt "$architecture" "$release" deb apt-get download $names
}

name_packages() {
	printf '%s' "${1#+}"
	[ $# = 1 ] || printf ' and what goes with it'
}

unpack() {
	local folder file packages architecture release package
	IFS=: read -r folder file packages architecture release <<<"$1"
	[ ! -e "$cache/$folder/$file" ] || return 0
	packages=${packages//,/ }
	say "unpacking $(name_packages $packages) into $cache/$folder"
	architecture=${architecture:-$(dpkg --print-architecture)}
	release=${release:-$own_release}
	rm -rf "$cache/new"
	mkdir -p "$cache/new/tree"
	(cd "$cache/new" && fetch "$architecture" "$release" $packages) >"$cache/apt.log" 2>&1 || {
		tail -n 5 "$cache/apt.log" >&2
		die "could not download $packages"
	}
	for package in "$cache"/new/*.deb; do
		dpkg-deb -x "$package" "$cache/new/tree"
	done
	finish "$folder" "$cache/new/tree"
	[ -e "$cache/new/tree/$file" ] || die "$packages held no $file"
	rm -rf "${cache:?}/$folder"
	mv "$cache/new/tree" "$cache/$folder"
}

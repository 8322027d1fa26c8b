#!/bin/sh
# Installs what Assay needs on Debian and Ubuntu if it may, and says what to install if it may not.
set -eu

PATH="$PATH:/usr/sbin:/sbin"
missing=""
command -v cargo >/dev/null || { echo "error: no Rust toolchain: install one from https://rustup.rs" >&2; exit 1; }
command -v cc >/dev/null || missing="$missing gcc"
if ! command -v iptables-restore >/dev/null || ! command -v ip6tables-restore >/dev/null; then
    missing="$missing iptables"
fi
[ -n "$missing" ] || exit 0

install() {
    "$@" apt-get -o DPkg::Lock::Timeout=600 update -qq &&
        "$@" apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $missing >/dev/null
}

if command -v apt-get >/dev/null; then
    echo "installing$missing" >&2
    if [ "$(id -u)" = 0 ]; then
        install env DEBIAN_FRONTEND=noninteractive && exit 0
    elif sudo -n true 2>/dev/null; then
        install sudo env DEBIAN_FRONTEND=noninteractive && exit 0
    fi
fi
echo "error: missing:$missing" >&2
echo "  they could not be installed from here" >&2
echo "  on Debian and Ubuntu: sudo apt-get install$missing" >&2
exit 1

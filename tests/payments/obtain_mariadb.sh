#!/bin/sh
# Gets the tests a MariaDB from Debian's packages, if there is none and if this user may install packages.
#
# The packages are those without a service: nothing is started, and nothing is there that would start with the machine.
# An installation of MariaDB or MySQL that is there already is left alone: what would remove or replace it is refused.
# Wherever it cannot be had this says what to install, and is content: the tests that need it say so themselves.
#
# usage: obtain_mariadb.sh [FOLDERS]   where to look besides PATH, as in PATH
set -u

PACKAGES="mariadb-server-core mariadb-client-core" # mariadbd and mariadb-install-db; what the latter calls
DOWNLOAD_LIMIT_S=300
LOCK_LIMIT_S=60

# Debian keeps the server where ordinary users do not look.
PATH="$PATH:${1-/usr/local/sbin:/usr/sbin:/sbin}"

is_here() {
  command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null
}

leave() {
  echo "MariaDB is not here, $1: the payment processor's tests need it (Debian: apt-get install --no-install-recommends $PACKAGES)." >&2
  exit 0
}

is_here && exit 0
command -v apt-get >/dev/null || leave "and there is no apt-get to install it with"
if [ "$(id -u)" -eq 0 ]; then
  AS_ROOT=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  AS_ROOT="sudo -n"
else
  leave "and this user may not install it"
fi

LOG=$(mktemp) || leave "and there is no room for a temporary file"
trap 'rm -f "$LOG"' EXIT

apt() {
  # shellcheck disable=SC2086 # AS_ROOT and PACKAGES are lists of words
  $AS_ROOT env DEBIAN_FRONTEND=noninteractive timeout "$DOWNLOAD_LIMIT_S" \
    apt-get -qq -o DPkg::Lock::Timeout="$LOCK_LIMIT_S" -o Acquire::Retries=2 -o Acquire::http::Timeout=30 "$@" \
    </dev/null >>"$LOG" 2>&1
}

get() {
  # shellcheck disable=SC2086
  apt install --yes --no-install-recommends --no-remove --no-upgrade "$@" $PACKAGES
}

echo "Installing MariaDB from Debian's packages, for the tests ($PACKAGES) ..."
# The lists of packages may be old, or missing as in a container. Downloading is apart, so that the limit never ends
# dpkg at work.
if { get --download-only || { apt update && get --download-only; }; } && get && is_here; then
  exit 0
fi
tail -n 5 "$LOG" >&2
leave "and could not be installed"

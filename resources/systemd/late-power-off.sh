#!/bin/sh
# Installs or removes the hook of systemd-shutdown that switches the UPS off at the very end of a shutdown that
# Ridethrough began: when every file system is read-only. Run as root: late-power-off.sh install | remove
#
# DESTDIR is put before the hook's path, for packages.
set -eu

hook="${DESTDIR:-}/usr/lib/systemd/system-shutdown/ridethrough"
word=/run/ridethrough/late-power-off.json
project=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
program="$project/dist/headless/late-power-off.mjs"

fail() {
  echo "late-power-off: $1" >&2
  exit 1
}

# Everything but / and /usr is unmounted by then.
check_stays() {
  mount=$(df -P -- "$1" | awk 'NR == 2 { print $6 }')
  case $mount in
    / | /usr) ;;
    *) fail "$1 is on $mount, which is unmounted before the hook runs. Install Ridethrough on / or /usr." ;;
  esac
}

quoted() {
  printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}

case ${1:-} in
  remove)
    rm -f -- "$hook"
    echo "late-power-off: removed $hook"
    ;;
  install)
    [ -f "$program" ] || fail "$program is missing. Run 'npx ridethrough --version' in $project first: it builds the program."
    node="$project/node_modules/node/bin/node"
    [ -x "$node" ] || node=$(command -v node) || fail "there is no node. Run 'npm ci' in $project."
    check_stays "$program"
    check_stays "$node"
    mkdir -p -- "$(dirname -- "$hook")"
    cat >"$hook.new" <<HOOK
#!/bin/sh
# Ridethrough: switches the UPS off. Installed by $0; removed by: $0 remove
# A computer that starts again needs its power.
case "\$1" in halt | poweroff) ;; *) exit 0 ;; esac
[ -s $word ] || exit 0
# A UPS that does not answer must not keep the computer up.
exec timeout -k 2 30 $(quoted "$node") $(quoted "$program") $word >/dev/kmsg 2>&1
HOOK
    chmod 755 "$hook.new"
    mv -f -- "$hook.new" "$hook"
    echo "late-power-off: installed $hook"
    ;;
  *)
    echo "usage: $0 install | remove" >&2
    exit 2
    ;;
esac

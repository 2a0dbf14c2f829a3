#!/bin/sh
# dpkg says remove, rpm how many versions will be left.
set -e
[ -d /run/systemd/system ] || exit 0
case ${1:-} in
  remove | 0) systemctl disable --now workspace_exporter.service ;;
esac

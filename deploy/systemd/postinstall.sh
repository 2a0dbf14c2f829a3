#!/bin/sh
# The service is not enabled: it needs a key first.
set -e
[ -d /run/systemd/system ] || exit 0
systemctl daemon-reload
systemctl try-restart workspace_exporter.service

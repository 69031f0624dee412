#!/bin/sh
# Brings Temporal's two databases to the version of this image: the first time, and again after each change of the image. Safe to repeat.
set -eu
tool="${SQL_TOOL:-temporal-sql-tool}"
bring() {
  # An update of a database that has no schema yet fails; then it gets the first version.
  "$tool" --db "$1" update-schema --schema-name "$2" >/tmp/schema.log 2>&1 && return
  "$tool" --db "$1" setup-schema --version 0.0
  "$tool" --db "$1" update-schema --schema-name "$2"
}
bring temporal postgresql/v12/temporal
bring temporal_visibility postgresql/v12/visibility
echo "Temporal's schemas are up to date"

#!/bin/sh
# Makes the namespace and the two search attributes the product writes. Safe to repeat.
set -eu
retry() {
  for _ in $(seq 1 30); do
    if "$@"; then return; fi
    sleep 1
  done
  echo "gave up: $*" >&2
  exit 1
}
known() { temporal operator search-attribute list --namespace "$NAMESPACE" | grep -qw "$1"; }
retry temporal operator cluster health
if ! temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1; then
  retry temporal operator namespace create --namespace "$NAMESPACE" --retention "$RETENTION"
fi
# A new namespace takes a moment until every part of the server knows it.
retry temporal operator search-attribute list --namespace "$NAMESPACE" >/dev/null
known MerchantId || retry temporal operator search-attribute create --namespace "$NAMESPACE" --name MerchantId --type Keyword
known NeedsAttention || retry temporal operator search-attribute create --namespace "$NAMESPACE" --name NeedsAttention --type Bool
echo "namespace $NAMESPACE is ready"

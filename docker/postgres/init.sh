#!/bin/sh
# Runs once, in an empty database server: the logins, and a database for each. None of them is a superuser.
set -eu
psql --set ON_ERROR_STOP=1 --set boomerang="$BOOMERANG_DB_PASSWORD" --set temporal="$TEMPORAL_DB_PASSWORD" --username postgres <<'SQL'
CREATE ROLE boomerang LOGIN PASSWORD :'boomerang';
-- What the API and the workers become for each transaction; they own nothing.
CREATE ROLE boomerang_app NOLOGIN;
CREATE ROLE boomerang_system NOLOGIN;
GRANT boomerang_app, boomerang_system TO boomerang WITH INHERIT FALSE, SET TRUE;
CREATE DATABASE boomerang OWNER boomerang;
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE boomerang FROM public;
SQL

-- Rights on a ledger's database: who connects as ofl_app can add events and read them, and can
-- never change them, drop them or take their triggers off.
--
-- Run it once, as a superuser, in the database in which `ofl init` has made the ledger:
--
--   psql --set ON_ERROR_STOP=1 --file postgresql.sql postgresql://…/ledger
--
-- The user of `ofl init` must be able to create schemas. Afterwards `ofl` connects as ofl_app.

-- What nobody can log in as, nobody can use to drop a trigger.
CREATE ROLE ofl_owner NOLOGIN;
-- Give it a password, or let pg_hba.conf say by what it is known.
CREATE ROLE ofl_app LOGIN NOINHERIT;

-- Events: to add and to read. Writers take an advisory lock, for which no right is needed.
ALTER SCHEMA events OWNER TO ofl_owner;
ALTER TABLE events.stored_events OWNER TO ofl_owner;
ALTER TABLE events.commands OWNER TO ofl_owner;
ALTER FUNCTION events.refuse() OWNER TO ofl_owner;
GRANT USAGE ON SCHEMA events TO ofl_app;
GRANT SELECT, INSERT ON events.stored_events, events.commands TO ofl_app;

-- The vault: also to change and to delete, for a person's key is destroyed when it must be. The
-- table is then written anew, so that its file keeps no trace; PostgreSQL lets only an owner do so.
ALTER SCHEMA vault OWNER TO ofl_owner;
ALTER TABLE vault.subject OWNER TO ofl_app;
ALTER TABLE vault.key_check OWNER TO ofl_owner;
GRANT USAGE, CREATE ON SCHEMA vault TO ofl_app;
GRANT SELECT, INSERT ON vault.key_check TO ofl_app;

-- The views: made, thrown away and swapped by ofl_app itself; the next answer makes them anew.
DROP SCHEMA IF EXISTS views CASCADE;
CREATE SCHEMA views AUTHORIZATION ofl_app;
DO $$ BEGIN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO ofl_app', current_database());
END $$;

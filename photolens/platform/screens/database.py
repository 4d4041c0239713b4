"""How the database does."""

from photolens.database import Connection, Row, snapshot, sql
from photolens.schema_versions import SchemaState, schema_state

LONG = 5.0  # seconds from which on a query is worth a look


def get_database(conn: Connection) -> Row:
    """Its size and use, its connections, what takes long, what is of no use, who follows it, and the last backup."""
    with snapshot(conn):
        figures: Row = sql.platform.get_database_figures(conn)
        return figures | {
            "isSchemaCurrent": schema_state(conn) is SchemaState.CURRENT,
            "lastBackup": sql.platform.get_last_backup(conn),
            "tables": sql.platform.list_table_sizes(conn),
            "jobs": sql.platform.list_jobs_by_status(conn),
            "connections": sql.platform.list_connections_by_state(conn),
            "longQueries": sql.platform.list_long_queries(conn, longer_than=LONG),
            "unusedIndexes": sql.platform.list_unused_indexes(conn),
            "standbys": sql.platform.list_standbys(conn),
        }

"""What schema.sql says of the migrations: that they are contained in it, each with the SHA-256 of its file.

python -m tests.migrations.contained        # after a migration was added, or one that nobody has had was changed
"""

from photolens.embedded import ROOT
from photolens.schema_versions import MIGRATIONS, migration_files, sha256_of

CONTAINED = ROOT / "schema" / "migrations.sql"

_WORDS = """\
-- Every migration there is: what it changes is in the files of this folder, and a database that they build has had it.
-- python -m tests.migrations.contained writes this file.
insert into schema_migrations (id, sha256) values
"""


def contained() -> str:
    """What schema/migrations.sql has to say."""
    rows = ",\n".join(f"('{file.stem}', '{sha256_of(file)}')" for file in migration_files(MIGRATIONS))
    return f"{_WORDS}{rows};\n"


if __name__ == "__main__":
    CONTAINED.write_text(contained(), encoding="utf-8")

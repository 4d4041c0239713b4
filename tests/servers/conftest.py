"""The tests beside a server of another kind, which they start themselves from PATH: here a Redis.

They are collected where redis-server is installed. `.ci/run` installs it, so CI always runs them.
"""

import shutil

collect_ignore = [] if shutil.which("redis-server") else ["test_redis.py"]

"""The nightly cleanup for a host that starts functions by the clock (AWS Lambda and the like): the same run as the server's own, on
the database's clock. The program lies beside this file, or where PIXELPIM_PROGRAM says; DATABASE_URL leads to the database."""

import os
import pathlib
import subprocess

PROGRAM = os.environ.get("PIXELPIM_PROGRAM", str(pathlib.Path(__file__).with_name("pixelpim")))


def handler(event, context):
    done = subprocess.run([PROGRAM, "cleanup", "run", "--once", "--json", "--state", "/tmp/pixelpim"], capture_output=True, text=True)
    # {"deleted":…,"failed":…,"date":…}, or {"error":{…}}; what could not be purged makes it fail, and is tried again.
    return {"statusCode": 200 if done.returncode == 0 else 500, "body": done.stdout}

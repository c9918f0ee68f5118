"""What the program says when it starts."""
import os

from program import Program


def test_a_variable_that_no_sdk_reads_is_named():
    with Program() as program:
        assert "AWS_ENDPOINT_URL" not in program.errors(), program.errors()
    os.environ["AWS_ENDPOINT_URL_LOGS"] = "http://127.0.0.1:4566"
    with Program() as program:
        assert "the name is AWS_ENDPOINT_URL_CLOUDWATCH_LOGS" in program.errors(), program.errors()

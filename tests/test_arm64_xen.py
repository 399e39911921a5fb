# SPDX-License-Identifier: MIT
"""arm64 on Xen without a toolstack, as people meet it: what they type, what they see."""
import re

import pexpect
from test_lab import TREE


def test_what_is_typed_reaches_a_guest_once_xen_was_told():
    command = "scripts/lab/lab run --config arm64 --memory 32M --max 64M --timeout 60 --verbose --cmdline 'quiet shell'"
    lab = pexpect.spawn(command, cwd=str(TREE), timeout=60, encoding="utf-8", codec_errors="replace")
    lab.expect("demo: all of it true")
    lab.send("\x01\x01\x01")
    lab.expect("Serial input to DOM1")
    lab.send("mem\r")
    lab.expect("mem: frames=16384 ")
    lab.send("quit 3\r")
    lab.expect(pexpect.EOF)
    lab.close()
    assert lab.exitstatus == 3


def test_growth_and_the_way_back_agree_with_xens_count():
    words = 'quiet run="balloon 64M; balloon none; alloc 40M; free all; balloon 20M; mem; quit"'
    command = f"scripts/lab/lab run --config arm64 --memory 32M --max 128M --timeout 60 --cmdline '{words}'"
    text, status = pexpect.run(command, cwd=str(TREE), timeout=90, withexitstatus=True)
    told = re.search(rb"mem: frames=(\d+) free=\d+ held=(\d+) .* ceiling=(\d+)", text)
    assert status == 0 and told, text
    frames, held, ceiling = map(int, told.groups())
    assert frames == 20 << 8 and frames + held == ceiling == 128 << 8, text

"""An app for tests, which speaks as Textual's driver does and needs no time to start: it draws what it is sent.

It ends on `quit`; on the key `!` with an error; on `~` it draws without end.
"""

import json
import os
import sys


def draw(text):
    data = text.encode()
    os.write(1, b"D" + len(data).to_bytes(4, "big") + data)


def main():
    os.write(1, b"__GANGLION__\n")
    draw(f"<size {os.environ['COLUMNS']}x{os.environ['ROWS']}>")
    while head := sys.stdin.buffer.read(5):
        payload = sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))
        if head[:1] == b"D":
            if payload == b"!":
                sys.stderr.write("a failure of this app\n")
                sys.exit(1)
            while payload == b"~":
                draw("~" * 50_000)
            draw(f"<key {payload.decode()}>")
            continue
        message = json.loads(payload)
        if message["type"] == "quit":
            return
        draw(f"<{' '.join(map(str, message.values()))}>")


main()

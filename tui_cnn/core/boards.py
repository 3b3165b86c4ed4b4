"""Boards with a microcontroller: the flash and RAM that their makers publish.

A kilobyte of a data sheet is 1024 bytes. A program and the interpreter need some of both, too.
"""

from typing import NamedTuple

_KIB = 1024


class Board(NamedTuple):
    """Bytes of flash and RAM, and the document that says so."""

    flash: int
    ram: int
    source: str


BOARDS = {
    "arduino-nano-33-ble": Board(1024 * _KIB, 256 * _KIB, "Arduino, Nano 33 BLE Product Reference Manual (ABX00030)"),
    "bbc-microbit-v2": Board(512 * _KIB, 128 * _KIB, "Nordic Semiconductor, nRF52833 Product Specification"),
    "esp32-wroom-32e": Board(4096 * _KIB, 520 * _KIB, "Espressif, ESP32-WROOM-32E Datasheet, section 1.1 (4 MB flash)"),
    "nucleo-f446re": Board(512 * _KIB, 128 * _KIB, "STMicroelectronics, STM32F446xC/E Datasheet (DS10693)"),
    "raspberry-pi-pico": Board(2048 * _KIB, 264 * _KIB, "Raspberry Pi, Pico Product Brief, Specification"),
    "raspberry-pi-pico-2": Board(4096 * _KIB, 520 * _KIB, "Raspberry Pi, Pico 2 Product Brief, Specification"),
    "sparkfun-edge": Board(1024 * _KIB, 384 * _KIB, "Ambiq, Apollo3 Blue SoC Datasheet"),
    "stm32f746g-disco": Board(1024 * _KIB, 340 * _KIB, "STMicroelectronics, 32F746GDISCOVERY User Manual (UM1907)"),
}

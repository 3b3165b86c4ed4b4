"""Event files as TensorFlow writes them: every scalar that its own reader finds, and damage told in a line."""

import struct
from itertools import accumulate

import pytest

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.event_files import masked_crc, read_scalars

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="session")
def tf():
    import tensorflow

    return tensorflow


def simple(tf, tag, value, step, time=1000.0):
    summary = tf.compat.v1.Summary(value=[tf.compat.v1.Summary.Value(tag=tag, simple_value=value)])
    return tf.compat.v1.Event(wall_time=time, step=step, summary=summary).SerializeToString()


def write(tf, path, *records):
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)
    return path


def theirs(tf, path):
    """What TensorFlow itself reads."""
    found = []
    for event in tf.compat.v1.train.summary_iterator(str(path)):
        for value in event.summary.value:
            if value.HasField("simple_value"):
                found.append((value.tag, event.step, event.wall_time, value.simple_value))
            elif value.HasField("tensor") and value.tensor.dtype in (1, 2, 19, 14):
                array = tf.make_ndarray(value.tensor)
                if array.size == 1:
                    found.append((value.tag, event.step, event.wall_time, float(array)))
    return found


def test_the_checksum_is_tensorflows(tf, tmp_path):
    for record in (b"", b"\0" * 32, b"123456789", bytes(range(256)) * 5):
        file = write(tf, tmp_path / "x", record)
        data = file.read_bytes()
        assert struct.unpack("<I", data[8:12])[0] == masked_crc(data[:8])
        assert struct.unpack("<I", data[-4:])[0] == masked_crc(record)
    assert masked_crc(b"123456789") == ((0xE3069283 >> 15 | 0xE3069283 << 17) + 0xA282EAD8) & 0xFFFFFFFF  # RFC 3720


def test_all_that_tensorflow_reads(tf, tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        for step, dtype in enumerate((tf.float32, tf.float64, tf.float16, tf.bfloat16, tf.float32)):
            tf.summary.write("epoch_loss", tf.constant(1 / (step + 3), dtype), step=step)
        tf.summary.write("text", tf.constant("a note"), step=0)
        tf.summary.write("histogram", tf.random.normal((20, 3)), step=0)
        tf.summary.write("image", tf.constant([b"x" * 3_000_000]), step=0)  # passed over unread
        tf.summary.write("later", tf.constant(-0.5), step=1 << 40)
        tf.summary.write("nan", tf.constant(float("nan")), step=-1)
    writer.close()
    (file,) = tmp_path.iterdir()
    ours = [tuple(scalar) for scalar in read_scalars(file)]
    assert repr(ours) == repr(theirs(tf, file))  # NaN equals nothing
    assert len(ours) == 7


def test_simple_values_in_order(tf, tmp_path):
    records = [simple(tf, f"Loss/train {step}", step / 7, step, 1000.0 + step) for step in range(100)]
    file = write(tf, tmp_path / "events.out.tfevents.1.host", *records)
    assert [tuple(scalar) for scalar in read_scalars(file)] == theirs(tf, file)


def test_a_torn_tail_is_left_out(tf, tmp_path):
    records = [simple(tf, "loss", 0.5, step) for step in range(3)]
    file = write(tf, tmp_path / "events", *records)
    data = file.read_bytes()
    ends = list(accumulate(len(record) + 16 for record in records))
    assert ends[-1] == len(data)
    for length in range(len(data) + 1):
        file.write_bytes(data[:length])
        assert len(list(read_scalars(file))) == sum(end <= length for end in ends), length


def test_every_changed_byte_is_told_or_harmless(tf, tmp_path):
    file = write(tf, tmp_path / "events", *(simple(tf, "loss", 0.5, step) for step in range(3)))
    data = file.read_bytes()
    for place in range(len(data)):
        file.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        with pytest.raises(FormatError, match=r"a checksum is wrong|is not an event file"):
            list(read_scalars(file))


@pytest.mark.parametrize("content", [b"PK\x03\x04" * 20, b"epoch,loss\n" * 5, b"\0" * 100])
def test_another_file_is_told(tmp_path, content):
    file = tmp_path / "events.out.tfevents.x"
    file.write_bytes(content)
    with pytest.raises(FormatError, match="is not an event file of TensorBoard"):
        list(read_scalars(file))


@pytest.mark.parametrize("record", [b"\xff" * 30, b"\x0a\xff\xff\xff\xff\x0f", b"\x2a\x7f\x01", b"\x0b\x0c"])
def test_a_record_that_is_no_event(tf, tmp_path, record):
    file = write(tf, tmp_path / "events", record)
    with pytest.raises(FormatError, match="no event of TensorBoard"):
        list(read_scalars(file))

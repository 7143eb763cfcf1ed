"""What a file is that is no text, by how it begins; names of files often lie."""

from typing import Final, Literal, TypeAlias

from sagent.lib.value import frozen

Sound: TypeAlias = Literal["audio/wav", "audio/mpeg", "audio/ogg", "audio/flac"]
"""The formats of sound that models may hear."""


@frozen()
class FileKind:
    """A format, in words."""

    name: str
    advice: str = ""
    """How to look into it: a command, with {} for the file."""


def sound_kind(sample: bytes) -> Sound | None:
    """Which format of sound begins like this; None for anything else."""
    if sample.startswith(b"RIFF") and sample[8:12] == b"WAVE":
        return "audio/wav"
    if sample.startswith(b"ID3") and sample[3:4] in b"\x02\x03\x04" and b"\0" in sample:
        return "audio/mpeg"
    # A frame of layer III, with a bit rate and a sampling rate that there are (ISO 11172-3, 2.4.1.3).
    if (
        len(sample) > 3
        and sample[0] == 0xFF
        and sample[1] in b"\xfb\xfa\xf3\xf2"
        and sample[2] >> 4 not in {0, 15}
        and sample[2] >> 2 & 3 != 3
        and b"\0" in sample
    ):
        return "audio/mpeg"
    if sample.startswith(b"OggS"):
        return "audio/ogg"
    return "audio/flac" if sample.startswith(b"fLaC") else None


def rare_picture(sample: bytes) -> str | None:
    """The media type of a picture that no model takes, but that can be made into one that they do."""
    if sample.startswith(b"BM") and sample[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if sample.startswith((b"II*\0", b"MM\0*")):
        return "image/tiff"
    if sample.startswith(b"\0\0\x01\0"):
        return "image/x-icon"
    return "image/avif" if sample[4:12] == b"ftypavif" else None


def file_kind(sample: bytes) -> FileKind | None:
    """Which binary format begins like this; None for text, and for what is not known here."""
    if b"\0" not in sample and sample[:1] < b"\x80":
        return None
    if sample.startswith(b"PK\x03\x04"):
        return next((kind for mark, kind in _ZIPPED if mark in sample[:4096]), _ZIP)
    if sample[4:8] == b"ftyp":
        return _MEDIA.get(sample[8:12], FileKind("an MP4 or QuickTime video", "ffprobe {}"))
    if sample.startswith(b"\xca\xfe\xba\xbe") and len(sample) > 7 and sample[6:8] < b"\0\x28":
        return FileKind("a macOS program for several processors", "otool -h {}")
    return next((kind for place, mark, kind in _KINDS if sample.startswith(mark, place)), None)


_ZIP: Final = FileKind("a ZIP archive", "unzip -l {}")
_UNPACKED: Final = "unzip -l {}"

_ZIPPED: Final = (
    (b"word/", FileKind("a Word document", "pandoc -t markdown {}")),
    (b"xl/", FileKind("an Excel workbook", _UNPACKED)),
    (b"ppt/", FileKind("a PowerPoint presentation", _UNPACKED)),
    (b"mimetypeapplication/epub+zip", FileKind("an EPUB book", "pandoc -t markdown {}")),
    (b"mimetypeapplication/vnd.oasis", FileKind("an OpenDocument file", "pandoc -t markdown {}")),
    (b"META-INF/MANIFEST.MF", FileKind("a Java archive", _UNPACKED)),
    (b".dist-info/", FileKind("a Python wheel", _UNPACKED)),
)

_MEDIA: Final = {
    b"heic": FileKind("a HEIC picture", "magick {} picture.png"),
    b"heix": FileKind("a HEIC picture", "magick {} picture.png"),
    b"mif1": FileKind("a HEIF picture", "magick {} picture.png"),
    b"M4A ": FileKind("an MPEG-4 sound recording", "ffprobe {}"),
}

_KINDS: Final = (
    (0, b"\x7fELF", FileKind("an ELF program or library", "readelf -h {}")),
    (0, b"MZ\x90\0", FileKind("a Windows program or library", "objdump -x {} | head")),
    (0, b"MZ\x78\0", FileKind("a Windows program or library", "objdump -x {} | head")),
    (0, b"\xcf\xfa\xed\xfe", FileKind("a macOS program or library", "otool -h {}")),
    (0, b"\xca\xfe\xba\xbe", FileKind("a Java class", "javap -c {}")),
    (0, b"\0asm", FileKind("a WebAssembly module", "wasm2wat {} | head")),
    (0, b"!<arch>\n", FileKind("a static library or Debian package", "ar t {}")),
    (0, b"\x1f\x8b\x08", FileKind("gzip data", "gzip -dc {} | head -c 2000")),
    (4, b"1AY&SY", FileKind("bzip2 data", "bzip2 -dc {} | head -c 2000")),
    (0, b"\xfd7zXZ\0", FileKind("xz data", "xz -dc {} | head -c 2000")),
    (0, b"\x28\xb5\x2f\xfd", FileKind("Zstandard data", "zstd -dc {} | head -c 2000")),
    (0, b"\x04\x22\x4d\x18", FileKind("LZ4 data", "lz4 -dc {} | head -c 2000")),
    (0, b"7z\xbc\xaf\x27\x1c", FileKind("a 7-Zip archive", "7z l {}")),
    (0, b"Rar!\x1a\x07", FileKind("a RAR archive", "unrar l {}")),
    (0, b"PK\x05\x06", FileKind("an empty ZIP archive")),
    (257, b"ustar", FileKind("a tar archive", "tar -tf {}")),
    (0, b"SQLite format 3\0", FileKind("an SQLite database", "sqlite3 {} .schema")),
    (0, b"PAR1", FileKind("a Parquet table")),
    (0, b"\x89HDF\r\n\x1a\n", FileKind("an HDF5 file", "h5ls {}")),
    (0, b"\x93NUMPY", FileKind("a NumPy array")),
    (0, b"PACK\0\0\0", FileKind("a Git pack", "git verify-pack -v {}")),
    (0, b"DIRC\0\0\0", FileKind("a Git index", "git ls-files")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind("an old Microsoft Office document")),
    (0, b"\x1aE\xdf\xa3", FileKind("a Matroska or WebM video", "ffprobe {}")),
    (8, b"AVI LIST", FileKind("an AVI video", "ffprobe {}")),
    (0, b"8BPS\0", FileKind("a Photoshop picture", "magick {} picture.png")),
    (0, b"\0\x01\0\0", FileKind("a TrueType font")),
    (0, b"OTTO\0", FileKind("an OpenType font")),
    (0, b"wOFF", FileKind("a web font")),
    (0, b"wOF2", FileKind("a web font")),
)

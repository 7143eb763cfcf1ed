"""The beginning and the end of a long text, as bytes, cut where that hurts least."""


def front(data: bytes) -> bytes:
    """The data up to the end of a line, or at least of a character."""
    line = data.rfind(b"\n") + 1
    if line > len(data) * 3 // 4:
        return data[:line]
    for back in range(1, min(4, len(data) + 1)):
        if data[-back] >= 0xC0:  # a lead byte, whose character is cut
            return data[:-back]
        if data[-back] < 0x80:
            break
    return data


def rear(data: bytes) -> bytes:
    """The data from the beginning of a line, or at least of a character."""
    line = data.find(b"\n") + 1
    if 0 < line < len(data) // 4:
        return data[line:]
    return next((data[skip:] for skip in range(min(4, len(data))) if data[skip] & 0xC0 != 0x80), data[4:])

"""What stands in a specification, found without knowing its order."""


def marks(chart, kind):
    """The rows of every layer of that mark."""
    return [
        row
        for layer in chart.spec["layer"]
        if layer["mark"]["type"] == kind
        for row in layer["data"]["values"]
    ]


def texts(chart):
    """Everything that is written into the plot."""
    return [
        row[layer["encoding"]["text"]["field"]]
        for layer in chart.spec["layer"]
        if layer["mark"]["type"] == "text"
        for row in layer["data"]["values"]
    ]


def axis_titles(chart):
    """The names of all axes, with their units."""
    found = set()
    for layer in chart.spec["layer"]:
        for channel in ("x", "y"):
            axis = layer["encoding"].get(channel, {}).get("axis")
            if axis:
                found.add(axis["title"])
    return found


def said(chart):
    """Title and notes, as they are wrapped."""
    title = chart.spec["title"]
    return " ".join(title["text"]), " ".join(title["subtitle"])

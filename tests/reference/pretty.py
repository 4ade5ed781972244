import json


def pretty(value, indent=0):
    """JSON with whatever fits in a line on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + len(line) <= 118 or not isinstance(value, (dict, list)):
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {pretty(part, indent + 2)}" for key, part in value.items()]
        opening, closing = "{", "}"
    else:
        parts = [pretty(part, indent + 2) for part in value]
        opening, closing = "[", "]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{' ' * indent}{closing}"

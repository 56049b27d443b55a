import json
import logging
from datetime import UTC, datetime


class Lines(logging.Formatter):
    """One JSON object a line, whatever a message holds: a collector tells the lines of several processes apart and in order.

    at (ISO 8601, UTC), level, name, process, words, and trace where something was raised.
    """

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "name": record.name,
            "process": record.process,
            "words": record.getMessage(),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=True, default=str)

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection for each thread, kept from page to page."""

    def is_usable(self) -> bool:
        """Whether the kept connection still stands.

        An idle server says nothing: where there is something to read, it has closed the connection (it was stopped, killed or restarted),
        or gives a notice; only then is it asked in the usual way.
        """
        connection = self.connection
        if connection is None or connection.closed or connection.info.transaction_status != TransactionStatus.IDLE:
            return False
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not waiting.poll(0) or super().is_usable()

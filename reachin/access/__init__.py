"""Access: the way in. Requests for assistance, the directory, matching and referrals."""

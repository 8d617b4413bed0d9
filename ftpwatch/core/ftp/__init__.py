"""What FTP is: replies, commands, targets, keep-alive policies. Knows nothing of a watch."""

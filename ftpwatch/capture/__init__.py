"""Packet captures, pcap and pcapng, read into entries: FTP that went by on a wire. Needs the extra
`pcap`.
"""

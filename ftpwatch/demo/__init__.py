"""Servers that misbehave on purpose, played from scenario files. No client here.

Demo, tests and screenshots use the same ones.
"""

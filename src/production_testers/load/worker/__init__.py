"""What runs in a load worker, beside the target.

A worker gets one job, says that it is ready, starts at the moment it is told, and sends what it
recorded once an interval, so that its death loses one interval at most.
"""

"""Several processes that train one network together, and who watches over them.

A process of JAX that loses another ends by abort(), which nothing in Python can catch.
So the processes that train are children of one that does not: it watches that they live
and get on, and when one does not, ends all and starts all again from the last
checkpoint.
"""

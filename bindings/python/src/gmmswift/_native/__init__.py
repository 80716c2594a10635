"""The C interface: library, structs, prototypes, errors, handles, views and interruptible calls.

Only this package knows ctypes. Its words are the header's, from which `constants`, `structs` and
`prototypes` are generated.
"""

from gmmswift._native.arrays import *
from gmmswift._native.constants import *
from gmmswift._native.library import *
from gmmswift._native.prototypes import *
from gmmswift._native.runs import *
from gmmswift._native.structs import *
from gmmswift._native.views import *

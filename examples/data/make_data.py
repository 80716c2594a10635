"""Write the data sets that the C and Swift examples read: one value a line, restored to the last bit.

They are those of the Python examples, which generate them. README.md tells of the other files.

    python make_data.py [DIRECTORY]
"""

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python"))

import notebook_data


def main() -> None:
    """Write each set to its file in DIRECTORY, by default beside this script."""
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    data_sets = {
        "two_components": notebook_data.two_components(),
        "three_components": notebook_data.three_components()[0],
        "book": notebook_data.book(),
    }
    for name, values in data_sets.items():
        np.savetxt(directory / f"{name}.txt", values, fmt="%.17g")


if __name__ == "__main__":
    main()

"""Where the image sets come from, and how to know their files when one sees them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """One file of an image set: its name, the MD5 of its .gz, its content's SHA-256."""

    name: str
    md5: str
    sha256: str = ""


@dataclass(frozen=True)
class Source:
    """One image set: four files in the order of `FILES`, and who serves them."""

    name: str
    title: str
    mirrors: tuple[str, ...]
    files: tuple[Published, ...]
    classes: tuple[str, ...]
    licence: str


FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def _published(md5: tuple[str, ...], sha256: tuple[str, ...]) -> tuple[Published, ...]:
    return tuple(map(Published, FILES, md5, sha256))


MNIST = Source(
    name="mnist",
    title="MNIST",
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist",
        "https://storage.googleapis.com/cvdf-datasets/mnist",
        "https://raw.githubusercontent.com/fgnt/mnist/master",
    ),
    files=_published(
        md5=(
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "d53e105ee54ea40749a09fcbcd1e9432",
            "9fb629c4189551a2d022fa330f9573f3",
            "ec29112dd5afa0611ce80d1b7f02629c",
        ),
        sha256=(
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    classes=tuple("0123456789"),
    licence="CC BY-SA 3.0",
)

FASHION_MNIST = Source(
    name="fashion-mnist",
    title="Fashion-MNIST",
    mirrors=(
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
        # A website on S3 does not speak https; the checksum guards the files.
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    ),
    files=_published(
        md5=(
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "25c81989df183df01b3e8a0aad5dffbe",
            "bef4ecab320f06d8554ea6380940ec79",
            "bb300cfdad3c16e7a12a480ee83cd310",
        ),
        sha256=("", "", "", ""),
    ),
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    licence="MIT",
)

KUZUSHIJI_MNIST = Source(
    name="kuzushiji-mnist",
    title="Kuzushiji-MNIST",
    mirrors=(
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist",
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist",
    ),
    files=_published(
        md5=(
            "bdb82020997e1d708af4cf47b453dcf7",
            "e144d726b3acfaa3e44228e80efcd344",
            "5c965bf0a639b31b8f53240b1b52f4d7",
            "7320c461ea6c1c855c0b718fb2a4b134",
        ),
        sha256=("", "", "", ""),
    ),
    classes=tuple("おきすつなはまやれを"),
    licence="CC BY-SA 4.0",
)

SOURCES = {source.name: source for source in (MNIST, FASHION_MNIST, KUZUSHIJI_MNIST)}
"""Every image set that can be downloaded, by name."""

"""The command line: report, extract, describe, evaluate. `python -m helpers COMMAND --help` says what each takes."""
import argparse
import gc
import sys
from pathlib import Path

FORMATS = ("parquet", "csv", "jsonl", "xlsx")
SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def report(args):
    """Write the HTML report of args.corpus into args.out."""
    from helpers.report import write_report
    return write_report(args.corpus, args.out, single=args.single)


def extract(args):
    """Write every table of args.corpus into args.out."""
    from helpers.scale import extract
    return extract(args.corpus, args.out, format=args.format, machine=args.machine, repair=args.repair, workers=args.workers, scheduler=args.scheduler)


def describe(args):
    """Write a documents.csv to fill in."""
    from helpers.corpus import describe
    print(f"Wrote {describe(args.folder)}. Fill in what you know (outlet, title, published, ...); an empty cell means nobody said.")


def evaluate(args):
    """Print the machine's scores against args.corpus's annotations."""
    from helpers.evaluate import evaluate
    table = evaluate(args.corpus)
    if table.empty:
        raise ValueError(f"{args.corpus} has no annotations/ to compare the machine with: see seeds/annotations/README.md for their form.")
    print(table.to_string(index=False))


def parser():
    """The arguments of the four commands."""
    top = argparse.ArgumentParser(prog="python -m helpers", description="Put several newsrooms' articles side by side.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(function, text):
        sub = commands.add_parser(function.__name__, help=text, description=text)
        sub.set_defaults(run=function)
        return sub

    sub = command(report, "Run all notebooks on CORPUS and write an HTML report.")
    sub.add_argument("corpus", nargs="?", default=str(SEEDS), help="a folder, file or archive of articles, or an extracted folder")
    sub.add_argument("--out", default="reports", help="folder for the pages (default: reports)")
    sub.add_argument("--single", action="store_true", help="also write the whole report as one file to mail")
    sub = command(extract, "Write every table of CORPUS into a folder.")
    sub.add_argument("corpus", help="a folder, file or archive of articles")
    sub.add_argument("--out", required=True, help="folder for the tables, one file each")
    sub.add_argument("--format", choices=FORMATS, default="parquet")
    sub.add_argument("--machine", action="store_true", help="leave reviewed annotations aside")
    sub.add_argument("--repair", action="store_true", help="mend mojibake and damaged UTF-8, and mark the encoding")
    way = sub.add_mutually_exclusive_group()
    way.add_argument("--workers", type=int, default=1, help="processes on this machine (default: 1)")
    way.add_argument("--scheduler", help="address of a Dask scheduler, e.g. tcp://HOST:PORT")
    sub = command(describe, "Write a documents.csv to fill in.")
    sub.add_argument("folder", help="a folder of articles")
    sub = command(evaluate, "Compare the machine with CORPUS/annotations.")
    sub.add_argument("corpus", help="a corpus with annotations/")
    return top


def main(argv=None):
    """Run one command; an error that a user can mend is one line on stderr and exit status 2."""
    args = parser().parse_args(argv)
    try:
        return args.run(args) or 0
    except (ValueError, OSError, ImportError) as error:
        print(f"{type(error).__name__ if not str(error) else ''}{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; extract keeps what it has read: the same command goes on there", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main() or gc.freeze())  # so that the end of the process does not search all that was made for circles of dead objects

"""The command line: its shorthand, its sentences and its exit statuses, without running a leg."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import crosssim
from crosssim.cli import _parser, _with_command, main
from crosssim.errors import SimulatorMissing, UnknownName
from crosssim.recording.folder import write_recording
from crosssim.runner.leg.ranks import is_first_rank, launched_ranks
from tests.legs.running import MODELS
from tests.recording.builders import full_recording

ROOT = Path(__file__).parents[1]
NAMES = _parser()[1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nest neuron", "check destexhe2009 nest neuron"),
        ("nest", "run destexhe2009 nest"),
        ("neuron:tau=5 --fresh", "run destexhe2009 neuron:tau=5 --fresh"),
        ("nest neuron --model x.py --fresh", "check x.py nest neuron --fresh"),
        ("--model x.py nest neuron", "check x.py nest neuron"),
        ("--model=x.py nest", "run x.py nest"),
        ("nest --model x.py neuron", "check x.py nest neuron"),
        ("--fresh nest neuron", "check destexhe2009 --fresh nest neuron"),
        ("--duration 20 nest", "run destexhe2009 --duration 20 nest"),
        ("nest --out nest", "run destexhe2009 nest --out nest"),
        ("nest --out=neuron", "run destexhe2009 nest --out=neuron"),
        ("check two_cells nest neuron", "check two_cells nest neuron"),
        ("models", "models"),
        ("--help", "--help"),
        ("", ""),
    ],
)
def test_the_shorthand(typed, meant):
    assert _with_command(typed.split(), NAMES) == meant.split()


def test_a_first_word_that_is_nothing_is_named_with_the_nearest():
    with pytest.raises(UnknownName, match="command or backend 'nset' is not known; did you mean 'nest'"):
        _with_command(["nset", "neuron"], NAMES)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("nset neuron", "did you mean 'nest'?"),
        ("ladder destexhe2008", "ladder 'destexhe2008' is not known; did you mean 'destexhe2009'?"),
        ("ladder destexhe2009 --from 99", "rung of destexhe2009 '99' is not known"),
        ("ladder destexhe2009 --from 3 --to 2", "rung 3 comes after rung 2; write --from 2 --to 3"),
        ("ladder destexhe2009 --seeds 1", "seeds = 1: fates are counted over seeds; give at least 2"),
        ("equivalent nowhere.mod", "nowhere.mod is not a .mod file that can be read"),
        ("equivalent nowhere.mod --input nowhere.txt", "--input nowhere.txt cannot be read"),
        ("equivalent nowhere.mod --set refractory", "--set 'refractory' is not of the form name=value"),
        ("ladder destexhe2009 elsewhere", "a folder is given only to `crosssim ladder new FOLDER`"),
        ("ladder new", "name the folder to write"),
        ("ladder new /proc/nowhere", "folder = '/proc/nowhere' cannot be written"),
        ("ladder ./nowhere", "ladder = './nowhere': there is no ladder.py in it"),
        ("rung destexhe2009 1 --draws nowhere.npz", "draws = 'nowhere.npz' cannot be read"),
        ("rung destexhe2009 99 --draws nowhere.npz", "rung of destexhe2009 '99' is not known"),
        ("check two_cells nest", "check compares at least two legs; name another, or use `crosssim run` for one"),
        ("check two_cellz nest neuron", "model 'two_cellz' is not known; did you mean 'two_cells'?"),
        ("check two_cells nest neurn", "backend 'neurn' is not known; did you mean 'neuron'?"),
        ("check two_cells nest neuron --set wieght=1", "'wieght' is not known; did you mean 'weight'?"),
        ("check two_cells nest nest:wieght=1", "'wieght' is not known; did you mean 'weight'?"),
        ("run two_cells nest --set weight=3mV", "weight = '3mV' does not fit: mV measures potential, uS measures"),
        ("run two_cells nest --set weight=heavy", "weight = 'heavy' does not fit: 'heavy' is not a number in uS"),
        ("run two_cells nest --set weight=-1", "weight = -1.0 uS must be at least 0.0"),
        ("run two_cells nest --set weight", "--set 'weight' is not of the form name=value"),
        ("run two_cells nest --timestep 0.3", "min_delay_ms = 0.1 is below timestep_ms = 0.3"),
        ("run two_cells nest --timestep 0.03", "is not a whole number of steps of timestep_ms = 0.03"),
        ("run two_cells nest --duration 10.05", "duration_ms = 10.05 is not a whole number of steps"),
        ("run two_cells nest --duration 3nA", "duration = '3nA' does not fit"),
        ("run two_cells nest --duration 0", "duration_ms = 0.0 must be a positive number of ms"),
        ("run two_cells nest --seed -1", "seed = '-1' must be a whole number, zero or more"),
        ("run two_cells nest --seed-input x", "seed_input = 'x' must be a whole number, zero or more"),
        ("run two_cells nest --threads 0", "threads = '0' must be a whole number, at least 1"),
        ("run two_cells neuron --threads 2", "neuron: threads = 2, but NEURON runs on one thread"),
        (
            "run two_cells nest --v-every 0.13",
            "--v-every = 0.13 ms must be a whole multiple of the time step",
        ),
        ("run two_cells nest --v-every -1", "--v-every = -1 ms must be a whole multiple"),
        ("run two_cells nest --replay-spikes x", "--replay-spikes needs --replay-wiring"),
        ("run two_cells nest --replay-spikes x --replay-wiring x --fault odd;a", "--fault: kind 'odd' is not known"),
        ("run nowhere/mine.py nest", "there is no such file; shipped models: "),
        (
            f"run {shlex.quote(f'{MODELS}/silent.py')} nest",
            "model 'silent' records no spikes, so nothing could be compared",
        ),
        ("models nowhere", "model 'nowhere' is not known"),
    ],
)
def test_bad_words_are_one_sentence_and_status_2(capsys, tmp_path, words, sentence, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(words)) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.startswith("crosssim: ")
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["check", "run two_cells", "check two_cells nest neuron --time-limit 0", ""])
def test_what_the_parser_refuses_has_status_2(capsys, words):
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == 2
    assert "usage: crosssim" in capsys.readouterr().err


def test_a_check_under_mpirun_is_refused(capsys, monkeypatch):
    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", "2")
    assert launched_ranks() == 2
    assert main(["check", "two_cells", "nest", "neuron"]) == 2
    assert "write neuron:ranks=4" in capsys.readouterr().err


def test_who_speaks_is_known_without_mpi(monkeypatch):
    for name in ("OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)
    assert is_first_rank()
    monkeypatch.setenv("PMI_RANK", "1")
    assert not is_first_rank()


@pytest.mark.parametrize("name", [None, *NAMES])
def test_every_command_has_help(capsys, name):
    with pytest.raises(SystemExit) as ended:
        main([*([name] if name else []), "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "usage: crosssim" in said
    if name is None:
        assert "exit status" in said
        assert all(command in said for command in NAMES)


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"crosssim {crosssim.__version__}\n"


def test_models_are_listed_and_one_is_shown(capsys):
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("destexhe2009", "vogels_abbott2005", "brunel2000", "two_cells"))
    assert main(["models", "two_cells"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "duration 200 ms, timestep 0.1 ms" in said
    assert "input_rate 40.0 Hz chosen: a handful of spikes" in said


@pytest.mark.requires("neuron")
def test_lint_measures_nothing_where_nothing_is_found(capsys, tmp_path):
    sound, written = Path(__file__).parent / "porting/mechanisms/event_synapse.mod", tmp_path / "found.json"
    assert main(["lint", "--measure", str(sound), "--json", str(written)]) == 0
    assert "nothing found" in capsys.readouterr().out
    assert json.loads(written.read_text())["files"][0]["findings"] == []


def test_lint_without_neuron_is_status_4(capsys, monkeypatch):
    def missing():
        raise SimulatorMissing("NEURON is not installed")

    monkeypatch.setattr("crosssim.studies.measure.neuron_version", missing)
    program = Path(__file__).parent / "porting/mechanisms/batch_program.hoc"
    assert main(["lint", "--measure", str(program)]) == 4
    assert "NEURON is not installed" in capsys.readouterr().err


def test_export_writes_a_file_and_refuses_what_is_no_leg(capsys, tmp_path):
    write_recording(full_recording(), tmp_path / "leg")
    assert main(["export", str(tmp_path / "leg"), str(tmp_path / "out.nix")]) == 0
    assert (tmp_path / "out.nix").stat().st_size > 0
    assert "wrote " in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    assert main(["export", str(tmp_path / "empty"), str(tmp_path / "no.nix")]) == 5
    assert capsys.readouterr().err.startswith("crosssim: ")


def test_nobody_listening_brings_no_traceback():
    program = [sys.executable, str(ROOT / "run.py"), "models"]
    child = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    with child.stderr:
        assert child.stderr.read() == ""
    assert child.wait(60) == 141  # as a shell says of a program that SIGPIPE ended

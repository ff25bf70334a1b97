from crosssim.runner.progress import PROGRESS_VARIABLE, Phase, Progress, read_progress


def test_a_leg_tells_its_parent_through_a_file(tmp_path, monkeypatch):
    file = tmp_path / "leg.progress"
    monkeypatch.setenv(PROGRESS_VARIABLE, str(file))
    assert read_progress(file) is None
    progress = Progress()
    progress.phase("running")
    progress.running(5.0, 20.0)
    assert read_progress(file) == Phase("running", 5.0, 20.0)
    assert read_progress(file).words() == "running 5 of 20 ms"
    progress.phase("writing")
    assert read_progress(file).words() == "writing"
    progress.finish()
    assert set(progress.phases_s) == {"running", "writing"}


def test_a_silent_rank_says_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(PROGRESS_VARIABLE, str(tmp_path / "leg.progress"))
    Progress(silent=True).phase("building")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.delenv(PROGRESS_VARIABLE)
    Progress().phase("building")
    assert capsys.readouterr().err == "  building\n"


def test_no_room_for_progress_costs_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(PROGRESS_VARIABLE, str(tmp_path / "nowhere" / "leg.progress"))
    progress = Progress()
    progress.phase("building")
    progress.finish()
    assert set(progress.phases_s) == {"building"}
    (tmp_path / "torn").write_text('{"na')
    assert read_progress(tmp_path / "torn") is None

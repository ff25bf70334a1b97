"""QUESTIONS: each study is a list of legs and a judgement."""

# Thin aliases: everything is in start.py, which needs no make.
.PHONY: run test check journeys doctor reset-demo
run test check journeys doctor reset-demo:
	python3 start.py $@

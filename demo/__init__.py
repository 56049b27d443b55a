"""The invented partnership of Strathlennan: used alike by the demo, the tests, the docs and the screenshots. Every person is invented."""

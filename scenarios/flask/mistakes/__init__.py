"""What went wrong in students' backends and shows on the wire, one mistake a module: FLASK_APP=mistakes.NAME.

Mistakes that are settings alone (a misspelt variable, an empty key) need no module: see ../../checks/mistakes.py."""

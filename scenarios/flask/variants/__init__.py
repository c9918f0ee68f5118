"""What students of the bootcamp added to the backend, one addition a module.

Each imports the plain application and changes it; FLASK_APP chooses: `FLASK_APP=variants.span_links flask run`. What has
to be changed before the application is created comes before its import."""

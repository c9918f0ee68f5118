"""Sends events through libhoney: enough for two batches, and one with time, rate and nested data. HONEYCOMB_API_ENDPOINT
and HONEYCOMB_API_KEY say where. Prints what the library was answered."""

import datetime
import json
import os

import libhoney

libhoney.init(
    writekey=os.environ["HONEYCOMB_API_KEY"],
    dataset="cruddur-python",
    api_host=os.environ["HONEYCOMB_API_ENDPOINT"],
)
for row in range(150):
    libhoney.send_now({"app.userId": "andrewbrown", "row": row, "ratio": row / 4})
event = libhoney.new_event(data={"name": "page", "cached": False, "nested": {"tags": ["a", "b"]}, "umlaut": "äöü😀"})
event.created_at = datetime.datetime(2018, 12, 13, 14, 51, 0, 250000)
event.sample_rate = 4
event.send_presampled()
libhoney.flush()
answers = []
responses = libhoney.responses()
while not responses.empty():
    answer = responses.get()
    if answer is not None:
        answers.append({"status": answer["status_code"], "error": answer["error"] or None})
libhoney.close()
print(json.dumps({"answers": answers}))

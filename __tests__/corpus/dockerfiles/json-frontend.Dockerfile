{ "syntax": "example.com/frontend/jsonfile:1.2", "steps": [] }

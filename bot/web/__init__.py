"""The desk on the web: health, the API, the console; Slack's deliveries join them."""

"""What is published, where and when: publications, press notices, channels, digital copies of an edition."""

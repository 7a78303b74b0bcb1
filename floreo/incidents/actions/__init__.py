"""Every write of the incidents app."""

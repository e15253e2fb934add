"""What Greenlight is measured against: programs written as the documentation of their parts shows them."""

"""Seats: who has one, from when, until when. The one way a seat is taken is `bookings.seats.take_seat`."""

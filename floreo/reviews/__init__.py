"""The rhythm: review periods that open by themselves, who is asked, what they answer, who decides."""

"""What is wrong or doubtful in a case, and what blank cells and sheets stand for."""
